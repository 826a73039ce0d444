using Pith.Kernels.Measure;
using Pith.Models.Checkpoints.Gguf;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class SyntheticGgufTests
{
    [Fact]
    public void Write_SmallShape_IsAFileOfItsMatricesInQ40()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".gguf");
        try
        {
            var shape = new ModelShape("small", Layers: 2, Hidden: 128, Intermediate: 192, KvSize: 64, Vocabulary: 300);
            using (var stream = File.Create(path))
                SyntheticGguf.Write(stream, shape, seed: 1);
            using var file = GgufFile.Open(path);
            Assert.Equal([300, 128], file.Tensors["model.embed_tokens.weight"].Shape);
            Assert.Equal([128, 192], file.Tensors["model.layers.1.mlp.down_proj.weight"].Shape);
            Assert.Equal(3 + (2 * 9), file.Tensors.Count);
            var row = new float[128];
            file.ReadFloats("model.layers.0.self_attn.q_proj.weight", 0, row);
            Assert.All(row, value => Assert.InRange(value, -0.03f, 0.03f));
            Assert.Contains(row, value => value != 0);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
