namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Splits at separators.</summary>
/// <remarks>Source: the meaning of <c>SplitDelimiterBehavior</c> in Hugging Face's tokenizers. Thread-safe.</remarks>
internal abstract class SeparatorStage : SplitStage
{
    private readonly SplitBehavior _behavior;

    /// <summary>Makes the stage.</summary>
    protected SeparatorStage(SplitBehavior behavior) => _behavior = behavior;

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, bool first, IPieceSink sink)
    {
        var segments = new List<Segment>();
        FindSegments(text, segments);
        segments.RemoveAll(static segment => segment.Start == segment.End);
        foreach (var piece in Arrange(segments, _behavior))
            sink.Accept(text[piece.Start..piece.End], first && piece.Start == 0);
    }

    /// <summary>Cuts the whole text into separators and what lies between.</summary>
    protected abstract void FindSegments(ReadOnlySpan<char> text, List<Segment> segments);

    private static List<Segment> Arrange(List<Segment> segments, SplitBehavior behavior)
    {
        switch (behavior)
        {
            case SplitBehavior.Isolated:
                return segments;
            case SplitBehavior.Removed:
                segments.RemoveAll(static segment => segment.IsSeparator);
                return segments;
            case SplitBehavior.MergedWithNext:
                return MergedWithNext(segments);
            default:
                return Merged(segments, behavior == SplitBehavior.Contiguous);
        }
    }

    private static List<Segment> Merged(List<Segment> segments, bool contiguous)
    {
        var pieces = new List<Segment>(segments.Count);
        foreach (var segment in segments)
        {
            var joins = pieces.Count > 0
                && (contiguous
                    ? segment.IsSeparator == pieces[^1].IsSeparator
                    : segment.IsSeparator && !pieces[^1].IsSeparator);
            if (joins)
                pieces[^1] = new Segment(pieces[^1].Start, segment.End, segment.IsSeparator);
            else
                pieces.Add(segment);
        }

        return pieces;
    }

    private static List<Segment> MergedWithNext(List<Segment> segments)
    {
        var pieces = new List<Segment>(segments.Count);
        for (var i = 0; i < segments.Count; i++)
        {
            var joins = segments[i].IsSeparator && i + 1 < segments.Count && !segments[i + 1].IsSeparator;
            pieces.Add(joins ? new Segment(segments[i].Start, segments[i + 1].End, false) : segments[i]);
            if (joins)
                i++;
        }

        return pieces;
    }
}
