using System.Text;

namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Splits at single code points of a kind.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RuneStage : SeparatorStage
{
    private readonly Func<Rune, bool> _isSeparator;

    /// <summary>Makes the stage.</summary>
    public RuneStage(Func<Rune, bool> isSeparator, SplitBehavior behavior)
        : base(behavior) => _isSeparator = isSeparator;

    /// <inheritdoc/>
    protected override void FindSegments(ReadOnlySpan<char> text, List<Segment> segments)
    {
        var start = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            if (_isSeparator(rune))
            {
                segments.Add(new Segment(start, at, false));
                segments.Add(new Segment(at, end, true));
                start = end;
            }

            at = end;
        }

        segments.Add(new Segment(start, text.Length, false));
    }
}
