// Lightning Attention in bf16 for heads of q and k up to 64 columns, 64 columns of v a block.
#include "attention_bf16.cuh"

ATTENTION_OF_WIDTH(64, 64);
