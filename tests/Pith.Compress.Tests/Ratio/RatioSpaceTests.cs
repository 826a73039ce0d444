using System.Collections.Immutable;
using Pith.Compress.Blocks;
using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Compress.Tests.Ratio;

public sealed class RatioSpaceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-ratio-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Granularity.Layer, false, false, new[] { "layers.0", "layers.1" })]
    [InlineData(Granularity.Matmul, true, false, new[] { "layers.0.attn.qkv", "layers.0.attn.o", "layers.0.mlp.gate_up", "layers.0.mlp.down", "layers.1.attn.qkv", "layers.1.attn.o", "layers.1.mlp.gate_up", "layers.1.mlp.down" })]
    public void Units_OfAGranularity_AreTheSitesTogether(Granularity granularity, bool areFused, bool hasAttention, string[] names)
    {
        var units = SearchUnit.Of(TinyLlama.Config, granularity, areFused, hasAttention);
        Assert.Equal(names, units.Select(unit => unit.Name));
        Assert.Equal(TinyLlama.Config.Sites.Where(shape => shape.Site.HasWeight).Select(shape => shape.Site), units.SelectMany(unit => unit.Shapes).Select(shape => shape.Site).Order());
    }

    [Fact]
    public void Units_WithAttention_HaveTheProductsOfAttention()
    {
        var units = SearchUnit.Of(TinyLlama.Config, Granularity.Matmul, areFused: false, hasAttention: true);
        Assert.Equal(TinyLlama.Config.Sites.Select(shape => shape.Site.ToString()), units.Select(unit => unit.Name));

        // K of one layer in mxint4:16 at the context of 64 tokens: 3 heads of 6 values, each row one block of 16 · 4 + 8 bits = 9 bytes.
        var space = new RatioSpace(TinyLlama.Config, Options("mxint4:16", "fp32") with { HasSameActivations = true });
        Assert.Equal(64 * 3 * 9, space.BytesOf(3, 0));
        Assert.Equal(64 * 3 * 6 * 4, space.BytesOf(3, 1));
        var plan = space.PlanOf([.. Enumerable.Repeat(0, 18)]);
        Assert.Equal(new SitePlan(NumberFormat.Parse("mxint4:16"), NumberFormat.Parse("mxint4:16")), plan[new Site(1, SiteKind.AttnAv)]);
    }

    // Section 6 (7) of the method's acceptance tests.
    [Fact]
    public void RatioOf_AChoice_EqualsARecountFromTheWrittenFile()
    {
        var space = new RatioSpace(TinyLlama.Config, Options("mxint4:16", "fp32"));
        ImmutableArray<int> choice = [.. space.Units.Select((_, unit) => unit % 3 == 0 ? 1 : 0)];
        Write(Path.Combine(_root, "model"));
        using var source = ModelSource.Open(Path.Combine(_root, "model"));
        var output = Path.Combine(_root, "quantized");
        Quantizer.Quantize(source, output, new QuantizeOptions { Overrides = space.PlanOf(choice) });

        using var written = ModelSource.Open(output);
        var weightsOf = TinyLlama.Config.Sites.Where(shape => shape.Site.HasWeight).Select(shape => (shape, Name: LlamaConfig.WeightName(shape.Site))).ToList();
        var low = weightsOf.Where(weight => written.PackedFormats.ContainsKey(weight.Name)).Sum(weight => weight.shape.Weights);
        Assert.Equal((double)low / weightsOf.Sum(weight => weight.shape.Weights), space.RatioOf(choice), 1e-15);

        using var file = SafetensorsFile.Open(Path.Combine(output, "model.safetensors"));
        var bytes = weightsOf.Sum(weight => file.Tensors.Values.Where(part => part.Name == weight.Name || part.Name.StartsWith(weight.Name + ".", StringComparison.Ordinal)).Sum(part => part.Bytes));
        Assert.Equal(bytes, space.Units.Select((_, unit) => space.BytesOf(unit, choice[unit])).Sum());
    }

    [Fact]
    public void BytesOf_AnOptionWithACorrection_CountsItsFactors()
    {
        var correction = new LowRankPlan(4, NumberFormat.Parse("mxint8:16"));
        var space = new RatioSpace(TinyLlama.Config, Options("mxint4:16", "fp32") with
        {
            Options = [new(NumberFormat.Parse("mxint4:16")), new(NumberFormat.Parse("mxint4:16"), correction)],
        });

        // q is [36, 36]: rows of 3 blocks of 16 · 4 + 8 bits, 27 bytes. Aᵀ [4, 36]: rows of 3 blocks of 16 · 8 + 8 bits, 51 bytes; Bᵀ [36, 4]: one block, 17.
        Assert.Equal(36 * 27, space.BytesOf(0, 0));
        Assert.Equal((36 * 27) + (4 * 51) + (36 * 17), space.BytesOf(0, 1));
        Assert.Equal(correction, space.PlanOf([.. Enumerable.Repeat(1, 14)])[Site.Parse("layers.0.attn.q")].LowRank);
        Assert.Equal("mxint4:16+r4", space.Options[1].ToString());
        Assert.Equal(18, new RatioOption(NumberFormat.Parse("mxint4:16"), new LowRankPlan(99, null)).CorrectionOf(new SiteShape(Site.Parse("layers.0.attn.k"), 18, 36))!.Rank);
    }

    [Theory]
    [InlineData("bits=4.4")]
    [InlineData("bits=33")]
    [InlineData("bytes=100")]
    public void Check_BudgetOutsideTheRange_IsRefusedWithTheRange(string budget)
    {
        var options = Options("mxint4:16", "fp32") with { Budget = RatioBudget.Parse(budget) };
        var exception = Assert.Throws<PithException>(() => RatioSearch.Check(TinyLlama.Config, options));
        Assert.Equal(CompressErrors.InfeasibleBudget, exception.Error);

        // Rows of 36 and 50 are padded to whole blocks: 48 · 4.5 / 36 = 6 bits and 64 · 4.5 / 50 = 5.76.
        Assert.Contains("to 32 bits a weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains(budget, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OneOption_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new RatioSpace(TinyLlama.Config, Options("mxint4:16", "mxint4:16")));

    private static void Write(string path)
    {
        using var source = TinyLlama.Weights(TinyLlama.Config);
        using var writer = ModelDirectoryWriter.Create(path, TinyLlama.Config, [.. source.Tensors.Values.Select(entry => new StoredWeight(entry.Name, entry.Shape, TensorType.F32))]);
        foreach (var name in source.Tensors.Keys)
            writer.WriteFloats(name, source.Numbers(name));
        writer.Commit();
    }

    private static RatioSearchOptions Options(params string[] formats) => new()
    {
        Options = [.. formats.Select(format => new RatioOption(NumberFormat.Parse(format)))],
        Budget = RatioBudget.Parse("bits=8"),
    };
}
