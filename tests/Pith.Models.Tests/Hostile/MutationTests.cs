using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels.Formats;
using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Models.Tests.Checkpoints;
using Pith.Models.Tests.Checkpoints.Llama2c;
using Pith.TestKit;

namespace Pith.Models.Tests.Hostile;

/// <summary>Valid files, damaged at random: they are read, or refused with a code; nothing else comes out.</summary>
public sealed class MutationTests : IDisposable
{
    private const int HeaderBytes = 700; // damage near the start, where the structure is, half of the time

    private static readonly Gen<Func<byte[], byte[]>> Damages = Gen.OneOf(
        Gen.Select(Gen.Int[0, HeaderBytes], Gen.Byte, Flip),
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte, Flip),
        Gen.Select(Gen.Int[0, HeaderBytes], Gen.Int[0, 60], Cut),
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 1 << 20], Cut),
        Gen.Select(Gen.Int[0, HeaderBytes], Gen.OneOf("9", "-", "00", "[", "{", "\"", "\\ud800", "1e999", "null"), Insert));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Seeds => ["safetensors", "index", "config", "config/bert", "llama2c/0", "llama2c/1", "llama2c/2", "packed", "corrected/packed", "corrected/plain", "plan"];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Parser_DamagedFile_ReadsOrRefuses(string seed)
    {
        var name = seed.Split('/')[0];
        var valid = Valid(seed);
        var parse = Parsers.All[name];
        var path = folder[name == "index" ? "model.safetensors.index.json" : "file"];
        File.WriteAllBytes(path, valid);
        parse(path); // what is damaged is valid

        Damages.Array[1, 3].Sample(damages =>
        {
            File.WriteAllBytes(path, damages.Aggregate(valid, (bytes, damage) => damage(bytes)));
            try
            {
                parse(path);
            }
            catch (PithException exception)
            {
                Assert.Equal(ExitCode.BadInput, exception.Error.Exit);
            }
        }, iter: 500, threads: 1);
    }

    private byte[] Valid(string seed)
    {
        var config = TinyModel.Config with { Layers = 1 };
        switch (seed)
        {
            case "llama2c/0" or "llama2c/1" or "llama2c/2":
                return new TinyLlama2c(seed[^1] - '0', false, 3).Write();
            case "config":
                return System.Text.Encoding.UTF8.GetBytes(LlamaConfigJson.Write(config with { RopeScaling = new RopeScaling(RopeScalingKind.Yarn, 4, OriginalContext: 8) }, TensorType.F32));
            case "config/bert":
                return System.Text.Encoding.UTF8.GetBytes(TinyBert.Config("roberta", EncoderHead.Token).ToJson(TensorType.F32));
            case "plan":
                return System.Text.Encoding.UTF8.GetBytes(Plan.Uniform(config.Sites.Select(shape => shape.Site), NumberFormat.Parse("bfp6:16"), NumberFormat.Parse("mxint8:32")).ToJson());
            case "safetensors":
                TinyModel.WriteWeights(folder["seed"], TinyModel.Entries(config, TensorType.F16), TinyModel.Values(config, 1));
                return File.ReadAllBytes(folder["seed"]);
            case "index":
                var entries = TinyModel.Entries(config, TensorType.F32);
                TinyModel.WriteWeights(folder["a"], [.. entries.Take(4)], TinyModel.Values(config, 1));
                TinyModel.WriteWeights(folder["b"], [.. entries.Skip(4)], TinyModel.Values(config, 1));
                return System.Text.Encoding.UTF8.GetBytes("{\"weight_map\":{" + string.Join(",", entries.Select((entry, at) => $"\"{entry.Name}\":\"{(at < 4 ? "a" : "b")}\"")) + "}}");
            case "corrected/packed" or "corrected/plain":
                return Corrected(config, seed.EndsWith("packed", StringComparison.Ordinal) ? NumberFormat.Parse("mxint8:16") : null);
            default:
                var format = NumberFormat.Parse("nvfp4");
                using (var writer = ModelDirectoryWriter.Create(folder["q"], config, [StoredWeight.In(format, "w", [3, 40]), new StoredWeight("n", [5], TensorType.F32)]))
                {
                    writer.WritePacked("w", PackedMatrix.Pack(format, new float[120], 40));
                    writer.WriteFloats("n", new float[5]);
                    writer.Commit();
                }

                return File.ReadAllBytes(folder["q/model.safetensors"]);
        }
    }

    // Two ranks of correction for one weight.
    private byte[] Corrected(LlamaConfig config, NumberFormat? format)
    {
        const string Name = "model.layers.0.mlp.down_proj.weight";
        var values = TinyModel.Values(config, 1);
        (string Name, long[] Shape)[] factors = [(LowRankTensors.NameOfA(Name), [2, config.IntermediateSize]), (LowRankTensors.NameOfB(Name), [config.HiddenSize, 2])];
        var stored = TinyModel.Entries(config, TensorType.F32).Select(entry => new StoredWeight(entry.Name, entry.Shape, TensorType.F32))
            .Concat(factors.Select(factor => format is null ? new StoredWeight(factor.Name, factor.Shape, TensorType.F32) : StoredWeight.In(format, factor.Name, factor.Shape)));
        using (var writer = ModelDirectoryWriter.Create(folder["c"], config, [.. stored]))
        {
            foreach (var weight in writer.InFileOrder)
            {
                var numbers = values.GetValueOrDefault(weight.Name) ?? new float[weight.Shape[0] * weight.Shape[1]];
                if (weight.Format is null)
                    writer.WriteFloats(weight.Name, numbers);
                else
                    writer.WritePacked(weight.Name, PackedMatrix.Pack(weight.Format, numbers, (int)weight.Shape[1]));
            }

            writer.Commit();
        }

        return File.ReadAllBytes(folder["c/model.safetensors"]);
    }

    private static Func<byte[], byte[]> Flip(int at, byte value) => bytes =>
    {
        if (bytes.Length == 0)
            return bytes;
        var changed = (byte[])bytes.Clone();
        changed[at % bytes.Length] = value;
        return changed;
    };

    private static Func<byte[], byte[]> Cut(int at, int count) => bytes =>
    {
        var start = bytes.Length == 0 ? 0 : at % bytes.Length;
        return [.. bytes[..start], .. bytes[Math.Min(bytes.Length, start + count)..]];
    };

    private static Func<byte[], byte[]> Insert(int at, string text) => bytes =>
    {
        var start = bytes.Length == 0 ? 0 : at % bytes.Length;
        return [.. bytes[..start], .. System.Text.Encoding.UTF8.GetBytes(text), .. bytes[start..]];
    };
}
