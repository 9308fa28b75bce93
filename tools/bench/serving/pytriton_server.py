"""NVIDIA's PyTriton with the same ONNX models: python pytriton_server.py MLP_FILE IMAGE_FILE HTTP_PORT GRPC_PORT METRICS_PORT"""
import sys

import numpy as np
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

mlp, image, http, grpc, metrics = sys.argv[1:]


def session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


mlp_session, image_session = session(mlp), session(image)


@batch
def tumour(features):
    label, probabilities = mlp_session.run(["label", "probabilities"], {"features": features})
    return {"label": label[:, np.newaxis], "probabilities": probabilities}


def identity(requests):
    return [{"Y": image_session.run(["Y"], {"X": each["X"]})[0]} for each in requests]


ports = {"http_port": int(http), "grpc_port": int(grpc), "metrics_port": int(metrics)}
with Triton(config=TritonConfig(http_address="127.0.0.1", grpc_address="127.0.0.1", **ports)) as server:
    server.bind(
        model_name="tumour",
        infer_func=tumour,
        inputs=[Tensor(name="features", dtype=np.float32, shape=(30,))],
        outputs=[Tensor(name="label", dtype=np.int64, shape=(1,)), Tensor(name="probabilities", dtype=np.float32, shape=(2,))],
        config=ModelConfig(max_batch_size=64, batcher=DynamicBatcher()),
    )
    server.bind(
        model_name="identity_fp32",
        infer_func=identity,
        inputs=[Tensor(name="X", dtype=np.float32, shape=(-1, 2))],
        outputs=[Tensor(name="Y", dtype=np.float32, shape=(-1, 2))],
        config=ModelConfig(batching=False),
    )
    server.serve()
