# The image of training pods on NVIDIA GPUs: the same runtime and jars on CUDA's runtime libraries. Of those the backend
# loads cuBLAS and NCCL, which this base has where the loader finds them; kernels and the driver's binding lie in the
# jars, the driver itself (libcuda.so.1) comes in from the node through the device plugin. A node's driver must be new
# enough for CUDA 13 (580 or later).
#   docker build -f docker/trainer-cuda.Dockerfile -t transnormer/trainer-cuda:0.1.0 .
ARG JDK=docker.io/library/eclipse-temurin:25.0.3_9-jdk-noble
ARG BASE=docker.io/nvidia/cuda:13.0.2-runtime-ubuntu24.04

FROM ${JDK} AS java
COPY docker/java.modules /tmp/java.modules
RUN jlink --strip-java-debug-attributes --no-header-files --no-man-pages --output /opt/java/openjdk \
      --add-modules "$(grep -v '^#' /tmp/java.modules | paste -sd,)"

FROM ${BASE}
# What docker/packages has beyond the base: OpenBLAS, for what stays on the CPU, wants it.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 65532 tnl \
 && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tnl
COPY --from=java /opt/java/openjdk /opt/java/openjdk
COPY docker/java.options /app/java.options
COPY standalone/target/app/lib /app/lib
USER 65532:65532
WORKDIR /tmp
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/usr/bin:/bin LANG=C.UTF-8 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
ENTRYPOINT ["java", "@/app/java.options"]
CMD ["org.transnormer.worker.TrainerWorker"]
