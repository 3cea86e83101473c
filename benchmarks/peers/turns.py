"""Processes that are kept alive and asked in turns, so that whatever else a machine does meets all of them alike."""

import os
import platform
import statistics
import subprocess


class Participant:
    """A process that prints "ready ..." and then answers each line with one."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = self._line()
        if not self.about.startswith("ready"):
            raise SystemExit(f"{name} did not start: {self.about}")

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} has ended")
        return line.strip()

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return [float(number) for number in self._line().split()]

    def end(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait()


def java(name, *arguments):
    flags = "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx512m".split()
    java_home, classpath = os.environ["JAVA_HOME"], os.environ["TNL_CLASSPATH"]
    return Participant(name, [f"{java_home}/bin/java", *flags, "-cp", classpath, "Decode", *map(str, arguments)])


def machine():
    with open("/proc/cpuinfo") as info:
        fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in info) if value}
    flags = fields.get("flags", "")
    wide = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    model = f"{fields.get('model name')} (family {fields.get('cpu family')} model {fields.get('model')}, {wide})"
    return f"{model}, {os.cpu_count()} processors, Linux {platform.release()}"


def best_and_median(numbers):
    return min(numbers), statistics.median(numbers)
