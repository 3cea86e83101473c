# The image of training pods on NVIDIA GPUs: the same runtime and jars on CUDA's runtime libraries (cuBLAS and NCCL
# among them). The node's driver comes in through the device plugin.
#   docker build -f docker/trainer-cuda.Dockerfile -t transnormer/trainer-cuda:0.1.0 .
ARG JDK=docker.io/library/eclipse-temurin:25.0.3_9-jdk-noble
ARG BASE=docker.io/nvidia/cuda:12.9.1-runtime-ubuntu24.04

FROM ${JDK} AS java
COPY docker/java.modules /tmp/java.modules
RUN jlink --strip-debug --no-header-files --no-man-pages --output /opt/java/openjdk \
      --add-modules "$(grep -v '^#' /tmp/java.modules | paste -sd,)"

FROM ${BASE}
RUN groupadd --gid 65532 tnl \
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
