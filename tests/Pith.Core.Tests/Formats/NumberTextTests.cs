using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;

namespace Pith.Core.Tests.Formats;

public sealed class NumberTextTests
{
    [Fact]
    public void Parse_BlanksTabsAndCommas_SeparateNumbers()
    {
        var text = NumberText.Parse("1, 2,3\t-4.5\r\n\n+.5e1 1e-45\n", "input");
        Assert.Equal([[1f, 2f, 3f, -4.5f], [], [5f, float.Epsilon]], text.Rows);
    }

    [Fact]
    public void With_OtherNumbers_KeepsTheLayout()
    {
        var text = NumberText.Parse(" 1,  2\t3\r\n\n4 ,\n", "input");
        Assert.Equal(" -0.5,  1e38\t0\r\n\nNaN ,\n", text.With([[-0.5f, 1e38f, 0], [], [float.NaN]]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("1")]
    [InlineData("1\n")]
    public void With_SameNumbers_OnlyAddsAFinalLineBreak(string text)
    {
        var numbers = NumberText.Parse(text, "input");
        Assert.Equal(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n", numbers.With(numbers.Rows));
    }

    [Fact]
    public void Write_AnyFloat_ReadsBackToTheSameBits() => Gen.Int.Sample(bits =>
    {
        var value = BitConverter.Int32BitsToSingle(bits);
        var written = NumberText.Write(value);
        var read = NumberText.Parse(written, "input").Rows[0][0];
        return float.IsNaN(value) ? float.IsNaN(read) : BitConverter.SingleToInt32Bits(read) == bits && !written.Contains('E', StringComparison.Ordinal);
    });

    // No decimal with one digit less reads back as the same number.
    [Fact]
    public void Write_AnyFloat_HasNoDigitTooMany() => Gen.Float.Where(float.IsNormal).Sample(value =>
    {
        var digits = NumberText.Write(value).TakeWhile(c => c != 'e').Count(char.IsDigit);
        var trimmed = NumberText.Write(value).Split('e')[0].Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).Trim('0').Length;
        var shorter = Math.Max(trimmed - 1, 1);
        var fewer = value.ToString($"E{Math.Max(shorter - 1, 0)}", System.Globalization.CultureInfo.InvariantCulture);
        return trimmed <= digits && (trimmed == 1 || float.Parse(fewer, System.Globalization.CultureInfo.InvariantCulture) != value);
    });

    [Theory]
    [InlineData("nan", float.NaN)]
    [InlineData("-NaN", float.NaN)]
    [InlineData("inf", float.PositiveInfinity)]
    [InlineData("+Infinity", float.PositiveInfinity)]
    [InlineData("-inf", float.NegativeInfinity)]
    public void Parse_Words_AreNumbers(string word, float value) => Assert.Equal([value], NumberText.Parse(word, "input").Rows[0]);

    [Theory]
    [InlineData("1 2\n3 x", "input: line 2, column 3", "`x`")]
    [InlineData("1 0x10", "line 1, column 3", "`0x10`")]
    [InlineData("1,,2", "line 1, column 3", "comma")]
    [InlineData(",1", "line 1, column 1", "comma")]
    [InlineData("1 1_000", "line 1, column 3", "`1_000`")]
    [InlineData("\n\n  1.2.3", "line 3, column 3", "`1.2.3`")]
    [InlineData("1e39", "line 1, column 1", "within ±3.4028235e38")]
    [InlineData("-", "line 1, column 1", "`-`")]
    [InlineData("١", "line 1, column 1", "`١`")]
    [InlineData("1\u00a02", "line 1, column 1", "`1\u00a02`")]
    [InlineData("1f", "line 1, column 1", "`1f`")]
    [InlineData("(1)", "line 1, column 1", "`(1)`")]
    public void Parse_NoNumber_SaysWhere(string text, string place, string found)
    {
        var error = Assert.Throws<PithException>(() => NumberText.Parse(text, "input"));
        Assert.Equal(CoreErrors.NotANumber, error.Error);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyText_IsNumbersOrACodedError() => Gen.String[Gen.Char["0123456789+-.,eEinfaNx \t\r\n\u00a0\ud800"], 0, 30].Sample(
        text =>
        {
            try
            {
                var numbers = NumberText.Parse(text, "input");
                var written = numbers.With(numbers.Rows);
                return NumberText.Parse(written, "input").Rows.Zip(numbers.Rows).All(pair => pair.First.SequenceEqual(pair.Second));
            }
            catch (PithException exception)
            {
                return exception.Error == CoreErrors.NotANumber;
            }
        },
        iter: 20_000);

    [Fact]
    public void Parse_LongToken_IsShownShortened() =>
        Assert.True(Assert.Throws<PithException>(() => NumberText.Parse(new string('7', 100_000) + "x", "input")).Message.Length < 200);

    [Fact]
    public void Place_OfANumber_CountsFromOne() =>
        Assert.Equal("input: line 2, column 3", NumberText.Parse("1\n2 3", "input").Place(1, 1));
}
