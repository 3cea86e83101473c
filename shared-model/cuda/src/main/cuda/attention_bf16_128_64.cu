// Lightning Attention in bf16 for heads of q and k up to 128 columns, 64 columns of v a block.
// 122 KiB of shared memory, for cards with less than 227.
#include "attention_bf16.cuh"

ATTENTION_OF_WIDTH(128, 64);
