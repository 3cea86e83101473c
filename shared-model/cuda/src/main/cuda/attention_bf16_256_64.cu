// Lightning Attention in bf16 for heads of q and k up to 256 columns, 64 columns of v a block.
// Of layer 0, whose q and k are twice as wide.
#include "attention_bf16.cuh"

ATTENTION_OF_WIDTH(256, 64);
