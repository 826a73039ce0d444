using System.Text;
using Pith.Core.Formats;

namespace Pith.Fuzz.Targets;

/// <summary>Rows of numbers, as <c>pith format round</c> reads them.</summary>
internal static class NumberRows
{
    public static readonly FuzzTarget Target = new("numbers", "numbers.txt", path =>
    {
        var numbers = NumberText.Parse(Encoding.UTF8.GetString(File.ReadAllBytes(path)), path);
        NumberText.Parse(numbers.With(numbers.Rows), path);
    });
}
