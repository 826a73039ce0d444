using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Tune.Llama;

namespace Pith.Tune.Tests;

/// <summary>The product's inference against TorchSharp's, on one checkpoint.</summary>
internal static class LogitsComparison
{
    /// <summary>Required closeness of every logit. Both compute in float32, in other orders of addition.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Compares the logits after every token, appended at once and one by one.</summary>
    /// <param name="directory">A model directory with one safetensors file.</param>
    /// <param name="ids">The tokens.</param>
    public static void AssertAgree(string directory, int[] ids)
    {
        var config = LlamaConfigJson.Read(File.ReadAllBytes(Path.Combine(directory, "config.json")), "config.json");
        using var file = SafetensorsFile.Open(Path.Combine(directory, "model.safetensors"));
        AssertAgree(config, file, ids);
    }

    /// <summary>Compares the logits after every token, appended at once and one by one.</summary>
    /// <param name="config">Dimensions.</param>
    /// <param name="source">Weights in the hub layout.</param>
    /// <param name="ids">The tokens.</param>
    public static void AssertAgree(LlamaConfig config, ITensorSource source, int[] ids)
    {
        var weights = LlamaTensors.Expected(config).ToDictionary(tensor => tensor.Name, tensor =>
        {
            var values = new float[source.Tensors[tensor.Name].Elements];
            source.ReadFloats(tensor.Name, 0, values);
            return values;
        }, StringComparer.Ordinal);
        using var torch = new TorchLlama(config, weights);
        var expected = torch.Logits(ids);

        var model = LlamaModel.Load(config, source, cancellation: TestContext.Current.CancellationToken);
        var whole = model.CreateSession().Append(ids, LogitRows.All, TestContext.Current.CancellationToken);
        AssertClose(expected, whole.Span, 0, config.VocabularySize);
        var session = model.CreateSession();
        for (var t = 0; t < ids.Length; t++)
        {
            var one = session.Append(ids.AsSpan(t, 1), LogitRows.Last, TestContext.Current.CancellationToken);
            AssertClose(expected.AsSpan(t * config.VocabularySize, config.VocabularySize), one.Span, t, config.VocabularySize);
        }
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int first, int vocabulary)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance,
                $"position {first + i / vocabulary}, token {i % vocabulary}: torch {expected[i]}, ours {actual[i]}");
        }
    }
}
