"""A model of Triton's Python backend: onnxruntime where parameters.file names a model, or else the identity of its input."""
import json

# First: it makes the packages of the environment known (peers.mjs).
import triton_python_backend_utils as backend
import numpy as np


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        file = config["parameters"]["file"]["string_value"]
        self.batches = config["max_batch_size"] > 0
        self.input = config["input"][0]["name"]
        self.outputs = [each["name"] for each in config["output"]]
        self.session = None
        if file:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def run(self, array):
        return [array] if self.session is None else self.session.run(self.outputs, {self.input: array})

    def answer(self, arrays):
        return backend.InferenceResponse([backend.Tensor(*each) for each in zip(self.outputs, arrays)])

    def execute(self, requests):
        arrays = [backend.get_input_tensor_by_name(each, self.input).as_numpy() for each in requests]
        if not self.batches or self.session is None:
            return [self.answer(self.run(each)) for each in arrays]
        # One run for all that Triton's dynamic batcher put together.
        ends = np.cumsum([len(each) for each in arrays])[:-1]
        parts = [np.split(each, ends) for each in self.run(np.concatenate(arrays))]
        return [self.answer(each) for each in zip(*parts)]
