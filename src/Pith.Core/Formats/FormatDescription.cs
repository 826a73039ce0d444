namespace Pith.Core.Formats;

/// <summary>A format and what it is, in a sentence.</summary>
public sealed class FormatDescription
{
    internal FormatDescription(string format, string sentence)
    {
        Format = NumberFormat.Parse(format);
        Sentence = sentence;
    }

    /// <summary>The format.</summary>
    public NumberFormat Format { get; }

    /// <summary>What it is, for people.</summary>
    public string Sentence { get; }
}
