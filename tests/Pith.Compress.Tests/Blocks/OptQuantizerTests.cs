using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Llama;
using Pith.Models.Opt;
using Pith.TestKit;

namespace Pith.Compress.Tests.Blocks;

public sealed class OptQuantizerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-opt-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("model.")] // checkpoints of the bare decoder lack this part of the names
    public void Quantize_Opt_ComputesWhatEmulationComputes(string absent)
    {
        var config = TinyOpt.Config;
        using var weights = TinyOpt.Weights(config);
        using var original = Write(config, weights, absent);
        var format = NumberFormat.Parse("bfp6:16");
        var output = Path.Combine(_root, "output");

        var result = Quantizer.Quantize(
            original, output, new QuantizeOptions { Weights = format, Activations = format }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(6 * config.Layers, result.Sites.Count);
        using var packed = ModelSource.Open(output);
        Assert.Equal(ModelKind.PackedDirectory, packed.Kind);
        Assert.IsType<OptConfig>(packed.Config);
        var tokens = TinyOpt.Tokens(config, 20);
        var executed = CausalModel.Load(packed.Config, packed.Tensors, packed.Plan).CreateSession().Append(tokens, LogitRows.All).ToArray();
        var emulated = CausalModel.Load(config, weights, result.Plan).CreateSession().Append(tokens, LogitRows.All).ToArray();

        // The same rounded operands; a sum in another order moves an activation across a tie now and then, seen as 1e-2 on a logit at most.
        Assert.True(emulated.Zip(executed, (a, b) => Math.Abs(a - b)).Average() < 1e-3);
    }

    [Fact]
    public void Export_OptToGguf_IsRefusedByName()
    {
        using var weights = TinyOpt.Weights(TinyOpt.Config);
        using var original = Write(TinyOpt.Config, weights, "");
        var failure = Assert.Throws<PithException>(() => GgufExport.Write(
            original, Path.Combine(_root, "opt.gguf"), "f16", cancellation: TestContext.Current.CancellationToken));
        Assert.Same(ModelsErrors.CannotWriteGguf, failure.Error);
        Assert.EndsWith("found opt", failure.Message, StringComparison.Ordinal);
    }

    private ModelSource Write(OptConfig config, MemoryTensorSource weights, string absent)
    {
        var path = Path.Combine(_root, "original");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "config.json"), config.ToJson(TensorType.F32));
        var names = weights.Tensors.Keys.ToDictionary(name => name[absent.Length..], name => name, StringComparer.Ordinal);
        using (var writer = SafetensorsWriter.Create(
            Path.Combine(path, "model.safetensors"), [.. names.Select(name => weights.Tensors[name.Value] with { Name = name.Key })]))
        {
            foreach (var (stored, name) in names)
                writer.WriteFloats(stored, weights.Numbers(name));
            writer.Finish();
        }

        return ModelSource.Open(path);
    }
}
