namespace Pith.Core.Reports;

/// <summary>One piece of a report. The kinds are the nested and derived records of this assembly; renderers know them all.</summary>
public abstract record ReportBlock
{
    private protected ReportBlock()
    {
    }
}
