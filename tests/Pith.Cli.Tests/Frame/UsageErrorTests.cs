using Pith.Cli.Frame;

namespace Pith.Cli.Tests.Frame;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("quantise", "quantize")]
    [InlineData("evla", "eval")]
    [InlineData("generat", "generate")]
    [InlineData("completely-else", null)]
    [InlineData("e", null)]
    public void Nearest_Word_IsTheOneWithTheFewestEdits(string wrong, string? expected)
    {
        Assert.Equal(expected, UsageError.Nearest(wrong, ["eval", "generate", "quantize", "format"]));
    }
}
