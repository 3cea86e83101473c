/* MKL asks this function whether the processor is Intel's, and takes its slower kernels where it is not. */
int mkl_serv_intel_cpu_true(void) { return 1; }
