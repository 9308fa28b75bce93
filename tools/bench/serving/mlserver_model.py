"""The same ONNX model as a custom runtime of MLServer, as its documentation shows them."""
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Onnx(MLModel):
    async def load(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        file = self.settings.parameters.uri
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self.names = [each.name for each in self.session.get_outputs()]
        return True

    async def predict(self, payload):
        feeds = {each.name: NumpyCodec.decode_input(each) for each in payload.inputs}
        results = zip(self.names, self.session.run(self.names, feeds))
        outputs = [NumpyCodec.encode_output(name, array) for name, array in results]
        return InferenceResponse(model_name=self.name, model_version="1", outputs=outputs)
