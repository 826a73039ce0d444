namespace Pith.Core.Reports;

/// <summary>What a piece of work found: a title and blocks of prose, tables and charts, independent of where it will be shown.</summary>
/// <remarks>Rendered by <see cref="HtmlRenderer"/>, <see cref="MarkdownRenderer"/>, <see cref="TextRenderer"/> and
/// <see cref="JsonRenderer"/>. Rendering the same report twice gives the same bytes. Not thread-safe while it is built.</remarks>
/// <param name="title">One line of plain text.</param>
/// <param name="summary">The main finding in a sentence or two; empty for none.</param>
public sealed class Report(string title, string summary = "")
{
    private readonly List<ReportBlock> blocks = [];

    /// <summary>One line of plain text.</summary>
    public string Title { get; } = title;

    /// <summary>The main finding in a sentence or two; may be empty.</summary>
    public string Summary { get; } = summary;

    /// <summary>The content, in the order of reading.</summary>
    public IReadOnlyList<ReportBlock> Blocks => blocks;

    /// <summary>Adds a block at the end.</summary>
    /// <returns>The report, so that calls can be chained.</returns>
    public Report Add(ReportBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        blocks.Add(block);
        return this;
    }
}
