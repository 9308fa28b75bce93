"""Runs of a model with onnxruntime and nothing else, as JSON: python raw.py MODEL INPUTS THREADS SECONDS

INPUTS: JSON of name -> [datatype of numpy, values]. Each thread has a session of its own.
"""
import json
import sys
import threading
import time

import numpy as np
import onnxruntime

file, inputs, threads, seconds = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
feeds = {name: np.array(values, dtype) for name, (dtype, values) in inputs.items()}
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
sessions = [onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"]) for _ in range(threads)]
for session in sessions:
    session.run(None, feeds)
rates = [0.0] * threads


def work(index):
    begin, runs = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        sessions[index].run(None, feeds)
        runs += 1
    rates[index] = runs / (time.perf_counter() - begin)


workers = [threading.Thread(target=work, args=[index]) for index in range(threads)]
for each in workers:
    each.start()
for each in workers:
    each.join()
print(json.dumps({"rps": sum(rates)}))
