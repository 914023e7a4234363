/* fuzz-sfu.c: sequences of commands, batches and feedback */
#include "sfu/sfu-model.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  sfu_model_run (data, size);
  return 0;
}
