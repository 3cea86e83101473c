// Lightning Attention in bf16 for heads of q and k up to 128 columns, 128 columns of v a block.
#include "attention_bf16.cuh"

ATTENTION_OF_WIDTH(128, 128);
