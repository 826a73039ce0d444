using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Tests.Verbs;

public sealed class BenchVerbTests
{
    [Fact]
    public void Gemm_SmallShape_PrintsItsRate()
    {
        var (exit, output, error) = CommandLine.Run("bench", "gemm", "--shape", "7x30x21", "--threads", "1", "--seconds", "0.001", "--json");
        Assert.True(exit == ExitCode.Ok, error);
        var document = JsonElement.Parse(output);
        Assert.Equal("7x30x21", document.GetProperty("shape").GetString());
        Assert.Equal(1, document.GetProperty("threads").GetInt32());
        Assert.True(document.GetProperty("runs").GetInt32() >= 5);
        Assert.True(document.GetProperty("best_gops").GetDouble() >= document.GetProperty("gops").GetDouble());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1024")]
    [InlineData("1024x1024")]
    [InlineData("8x8x8x8")]
    [InlineData("0x8x8")]
    [InlineData("8x-8x8")]
    [InlineData("8x8x99999999999")]
    [InlineData("8x8x16385")]
    [InlineData("8x8x1e3")]
    [InlineData("8 x 8 x 8")]
    [InlineData("llama-1b")]
    public void Gemm_ShapeThatMakesNoSense_IsRefused(string shape)
    {
        var (exit, output, error) = CommandLine.Run("bench", "gemm", "--shape", shape, "--json");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Empty(output);
        Assert.Equal("PITH9001", CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("gemm", "--seconds", "0")]
    [InlineData("gemm", "--threads", "0")]
    [InlineData("gemm", "--threads", "1025")]
    [InlineData("decode", "--shape", "8x8x8")]
    [InlineData("decode", "--weights", "fp32")]
    [InlineData("prefill", "--weights", "fixed8")]
    [InlineData("prefill", "--tokens", "0")]
    public void Bench_OptionOutOfRange_IsRefused(string verb, string option, string value)
    {
        var (exit, _, error) = CommandLine.Run("bench", verb, option, value, "--json");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal("PITH9001", CommandLine.ErrorOf(error).GetProperty("code").GetString());
    }

    [Fact]
    public void Gemm_MoreThreadsThanTheMachineHas_Works() =>
        Assert.Equal(ExitCode.Ok, CommandLine.Run("bench", "gemm", "--shape", "64x64x512", "--threads", "1024", "--seconds", "0.001").Exit);
}
