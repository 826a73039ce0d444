using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.Bench.Studies.Kernels;

/// <summary>A packed model of random weights, in blocks like those of a model of 10^9 weights.</summary>
internal static class PackedModel
{
    // Made once and repeated: nobody looks at the numbers.
    private const int DistinctRows = 16;

    private static readonly LlamaConfig block = new()
    {
        ModelType = "llama",
        HiddenSize = 2048,
        IntermediateSize = 5632,
        Layers = 1,
        Heads = 32,
        KvHeads = 4,
        HeadSize = 64,
        VocabularySize = 32_000,
        ContextLength = 2048,
        IsHeadTied = true,
    };

    /// <summary>Writes it.</summary>
    /// <param name="path">A directory which is not there yet.</param>
    /// <param name="format">The format of the weights; activations are mxint8:16.</param>
    /// <param name="bytes">About how large it becomes.</param>
    /// <param name="cancellation">Stops between tensors.</param>
    public static void Write(string path, NumberFormat format, double bytes, CancellationToken cancellation)
    {
        var codec = FormatCodecs.For(format);
        var ends = 2.0 * block.VocabularySize * block.HiddenSize;
        var ofABlock = block.Sites.Where(shape => shape.Site.HasWeight).Sum(shape => (double)shape.Outputs * (codec.CodeBytes(shape.Inputs) + codec.ScaleBytes(shape.Inputs)));
        var config = block with { Layers = (int)Math.Round((bytes - ends) / ofABlock) };
        var sites = config.Sites.Select(shape => shape.Site).ToList();
        var names = sites.Where(site => site.HasWeight).Select(config.WeightNameOf).ToHashSet(StringComparer.Ordinal);
        var weights = config.Tensors.Select(tensor => names.Contains(tensor.Name)
            ? StoredWeight.In(format, tensor.Name, tensor.Shape)
            : new StoredWeight(tensor.Name, tensor.Shape, TensorType.BF16)).ToList();
        using var writer = ModelDirectoryWriter.Create(path, config, weights, Plan.Uniform(sites, format, NumberFormat.Parse("mxint8:16")));
        var random = new Random(0);
        foreach (var weight in writer.InFileOrder)
        {
            cancellation.ThrowIfCancellationRequested();
            var columns = (int)weight.Shape[^1];
            var rows = (int)weight.Shape.Aggregate(1L, (product, length) => product * length) / columns;
            if (weight.Format is null)
            {
                for (var row = 0; row < rows; row++)
                    writer.WriteFloats(weight.Name, Numbers(random, columns));
            }
            else
            {
                writer.WritePacked(weight.Name, Repeated(format, rows, columns, random));
            }
        }

        writer.Commit();
    }

    /// <summary>A matrix of random numbers whose first rows are repeated.</summary>
    public static PackedMatrix Repeated(NumberFormat format, int rows, int columns, Random random)
    {
        var group = PackedMatrix.Pack(format, Numbers(random, DistinctRows * columns), columns);
        var codes = new byte[group.Codes.Length / DistinctRows * rows];
        var scales = new byte[group.Scales.Length / DistinctRows * rows];
        Fill(group.Codes.Span, codes);
        Fill(group.Scales.Span, scales);
        return new PackedMatrix(format, rows, columns, codes, scales, group.TensorParameter);
    }

    private static void Fill(ReadOnlySpan<byte> pattern, Span<byte> all)
    {
        for (; all.Length > pattern.Length; all = all[pattern.Length..])
            pattern.CopyTo(all);
        pattern[..all.Length].CopyTo(all);
    }

    private static float[] Numbers(Random random, int count)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = random.NextSingle() - 0.5f;
        return values;
    }
}
