using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;

namespace Pith.Compress.Tests.Ratio;

public sealed class RatioBudgetTests
{
    [Theory]
    [InlineData("bits=4.5", BudgetKind.Bits, 4.5)]
    [InlineData("bytes=40MiB", BudgetKind.Bytes, 41_943_040)]
    [InlineData("bytes=1.5KiB", BudgetKind.Bytes, 1536)]
    [InlineData("bytes=1000", BudgetKind.Bytes, 1000)]
    [InlineData("kl=0.02", BudgetKind.Kl, 0.02)]
    [InlineData("ppl+5%", BudgetKind.Perplexity, 0.05)]
    public void Parse_Budget_ReadsKindAndValue(string text, BudgetKind kind, double value)
    {
        var budget = RatioBudget.Parse(text);
        Assert.Equal(kind, budget.Kind);
        Assert.Equal(value, budget.Value, 1e-12);
        Assert.Equal(budget, RatioBudget.Parse(budget.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4.5")]
    [InlineData("bits=0")]
    [InlineData("bits=-1")]
    [InlineData("bits=4.5MiB")]
    [InlineData("bits=4.5%")]
    [InlineData("bytes=5%")]
    [InlineData("kl=1e-2")]
    [InlineData("kl=NaN")]
    [InlineData("ppl+5")]
    [InlineData("ppl+5%\n")]
    [InlineData("ppl=5%")]
    public void Parse_NoBudget_IsRefused(string text) =>
        Assert.Equal(CompressErrors.BadBudget, Assert.Throws<PithException>(() => RatioBudget.Parse(text)).Error);
}
