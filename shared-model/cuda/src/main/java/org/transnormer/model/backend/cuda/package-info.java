/**
 * The backend for NVIDIA GPUs: kernels of our own, cuBLAS for large products, all behind one {@link
 * org.transnormer.model.backend.cuda.Launcher}.
 */
@NullMarked
package org.transnormer.model.backend.cuda;

import org.jspecify.annotations.NullMarked;
