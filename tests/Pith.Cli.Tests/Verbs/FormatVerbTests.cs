using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

/// <summary><c>pith format</c>; the only tests that give the program a standard input.</summary>
public sealed class FormatVerbTests
{
    [Fact]
    public void List_AllFormats_ShowsTextFormsAndDensities()
    {
        var (exit, output, _) = CommandLine.Run("format", "list", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var formats = JsonElement.Parse(output).GetProperty("formats").EnumerateArray().ToList();
        Assert.Equal(FormatCatalog.All.Select(entry => entry.Format.ToString()), formats.Select(format => format.GetProperty("format").GetString()));
        var mxfp4 = formats.Single(format => format.GetProperty("format").GetString() == "mxfp4:32");
        Assert.Equal(4.25, mxfp4.GetProperty("bits_per_value").GetDouble());
        Assert.Equal(6, mxfp4.GetProperty("largest_element").GetDouble());
        Assert.Equal(0.5, mxfp4.GetProperty("smallest_element").GetDouble());
    }

    [Fact]
    public void Show_EveryListedFormat_Works()
    {
        foreach (var entry in FormatCatalog.All)
        {
            var (exit, output, error) = CommandLine.Run("format", "show", entry.Format.ToString());
            Assert.True(exit == ExitCode.Ok, error);
            Assert.StartsWith(entry.Format.ToString(), output, StringComparison.Ordinal);
            Assert.Equal(ExitCode.Ok, CommandLine.Run("format", "show", entry.Format.ToString(), "--json").Exit);
        }
    }

    [Fact]
    public void Show_Block_ExplainsTheTrapOfTheReference()
    {
        var (_, output, _) = CommandLine.Run("format", "show", "bfp4:16@compat", "--block", "1.0 0.9 -0.5 0.26 0.124", "--json");
        var example = JsonElement.Parse(output).GetProperty("example");
        Assert.Equal(127, example.GetProperty("scale_code").GetInt32());
        Assert.Equal([0.875, 0.875, -0.5, 0.25, 0.125], example.GetProperty("elements").EnumerateArray().Select(step => step.GetProperty("rounded").GetDouble()));
        Assert.Equal("1 100", example.GetProperty("elements")[2].GetProperty("bits").GetString());
    }

    [Theory]
    [InlineData("bfp4:16@compat", "1.0 0.9 -0.5 0.26 0.124\n", "0.875 0.875 -0.5 0.25 0.125\n")]
    [InlineData("mxfp4:32", "7, 5, 2.5,\t0.25\n0.75 4", "6, 4, 2,\t0\n1 4\n")]
    [InlineData("mxfp4:32", "nan 1\n2\n", "NaN NaN\n2\n")]
    [InlineData("fixed8", "0.3\n100.2\n", "0\n100\n")] // one f for the whole tensor
    [InlineData("nvfp4", "2688 800\n\n13\n", "2688 896\n\n13.5\n")]
    [InlineData("fp32", "0.1 1e-45 -0\n", "0.1 1e-45 -0\n")]
    [InlineData("bfp6:2", "1 1e-3 1e-3 1e-3\n", "1 0 0.0009765625 0.0009765625\n")]
    [InlineData("bfp6:16", "", "")]
    public void Round_Rows_WritesTheSameLayout(string format, string input, string expected)
    {
        var (exit, output, error) = RunWithInput(input, "format", "round", format);
        Assert.True(exit == ExitCode.Ok, error);
        Assert.Equal(expected, output);
    }

    [Fact]
    public void Round_Json_IsOneDocument()
    {
        var (_, output, _) = RunWithInput("1 NaN\n\n3", "format", "round", "mxint8:1", "--json");
        var rows = JsonElement.Parse(output).GetProperty("rows");
        Assert.Equal("[[1,null],[],[3]]", JsonSerializer.Serialize(rows));
    }

    [Theory]
    [InlineData("bfp6:16", "1 2\n3 oops", "PITH1020", "line 2, column 3")]
    [InlineData("bfp6:16", "1 2\n3 inf", "PITH1021", "line 2, column 3")]
    [InlineData("bfp66", "1", "PITH1001", "bfp66")]
    public void Round_BadInput_IsACodedErrorWithItsPlace(string format, string input, string code, string place)
    {
        var (exit, output, error) = RunWithInput(input, "format", "round", format, "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Empty(output);
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.Contains(place, CommandLine.ErrorOf(error).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Error_BundledModel_GrowsAsBitsShrink()
    {
        var model = Repository.PathOf("models/pith-0.45m");
        double ErrorOf(string format)
        {
            var (exit, output, error) = CommandLine.Run("format", "error", format, model, "--json");
            Assert.True(exit == ExitCode.Ok, error);
            var document = JsonElement.Parse(output);
            Assert.Equal(28, document.GetProperty("sites").GetArrayLength()); // four layers of seven weights
            return document.GetProperty("relative_error").GetDouble();
        }

        Assert.Equal(0, ErrorOf("bf16")); // stored as bf16
        var (eight, six, four, best) = (ErrorOf("bfp8:16"), ErrorOf("bfp6:16"), ErrorOf("bfp4:16"), ErrorOf("bfp4:16@mse"));
        Assert.True(eight < six && six < four && best <= four);

        // One bit less doubles the step.
        Assert.InRange(four / six, 3.5, 4.5);
    }

    private static (ExitCode Exit, string Output, string Error) RunWithInput(string input, params string[] args)
    {
        var before = Console.In;
        try
        {
            Console.SetIn(new StringReader(input));
            return CommandLine.Run(args);
        }
        finally
        {
            Console.SetIn(before);
        }
    }
}
