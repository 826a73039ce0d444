using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Benchmarks.Formats;

/// <summary>A codec against its plain reference, on rows of a weight stored as bf16.</summary>
/// <remarks>One operation is <see cref="Rows"/> rows of <see cref="Columns"/> values on one core. Packing reads bf16, as from a
/// checkpoint, and writes codes and scales; 2·Rows·Columns bytes of input in the time shown.</remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class FormatBenchmarks
{
    private const int Rows = 64;
    private const int Columns = 4096;

    private readonly byte[] stored = new byte[2 * Rows * Columns];
    private readonly float[] row = new float[Columns];
    private readonly float[] rounded = new float[Columns];
    private FormatCodec fast = null!;
    private FormatCodec reference = null!;
    private FormatCodec bf16 = null!;
    private float tensorParameter;
    private byte[] codes = [];
    private byte[] scales = [];

    /// <summary>The format.</summary>
    [Params(
        "bf16", "fixed8.7", "minifloat:e4m3", "dmf:e4m3", "bfp4:16", "bfp5:16", "bfp6:16", "bfp8:16", "bfp6:16@mse", "mxint4:16", "mxint6:16",
        "mxint8:32", "bmf8:16", "bl8:16", "mxfp8e4m3:32", "mxfp6e2m3:32", "mxfp4:32", "mxfp4:32@mse", "nvfp4")]
    public string Format { get; set; } = "";

    /// <summary>Makes the rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var format = NumberFormat.Parse(Format);
        (fast, reference, bf16) = (FormatCodecs.For(format), FormatCodecs.Reference(format), FormatCodecs.For(NumberFormat.Parse("bf16")));
        var random = new Random(1);
        for (var i = 0; i < Columns; i++)
            row[i] = (float)(0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (var i = 0; i < Rows; i++)
            bf16.Encode(row, stored.AsSpan(2 * i * Columns, 2 * Columns), []);
        tensorParameter = fast.TensorParameter(0.1f);
        codes = new byte[fast.CodeBytes(Columns)];
        scales = new byte[fast.ScaleBytes(Columns)];
    }

    /// <summary>bf16 to codes and scales.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("pack")]
    public void PackByReference() => Pack(reference);

    /// <inheritdoc cref="PackByReference"/>
    [Benchmark]
    [BenchmarkCategory("pack")]
    public void Pack() => Pack(fast);

    /// <summary>Codes and scales to floats.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("decode")]
    public void DecodeByReference() => Decode(reference);

    /// <inheritdoc cref="DecodeByReference"/>
    [Benchmark]
    [BenchmarkCategory("decode")]
    public void Decode() => Decode(fast);

    /// <summary>Floats to the nearest values of the format.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("round")]
    public void RoundByReference() => Round(reference);

    /// <inheritdoc cref="RoundByReference"/>
    [Benchmark]
    [BenchmarkCategory("round")]
    public void Round() => Round(fast);

    private void Pack(FormatCodec codec)
    {
        for (var i = 0; i < Rows; i++)
        {
            bf16.Decode(stored.AsSpan(2 * i * Columns, 2 * Columns), [], row);
            codec.Encode(row, codes, scales, tensorParameter);
        }
    }

    private void Decode(FormatCodec codec)
    {
        for (var i = 0; i < Rows; i++)
            codec.Decode(codes, scales, rounded, tensorParameter);
    }

    private void Round(FormatCodec codec)
    {
        for (var i = 0; i < Rows; i++)
            codec.Round(row, rounded, tensorParameter);
    }
}
