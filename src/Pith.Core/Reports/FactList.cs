namespace Pith.Core.Reports;

/// <summary>Names with values: the few facts one wants to see first.</summary>
/// <param name="Facts">In the order of display.</param>
public sealed record FactList(IReadOnlyList<KeyValuePair<string, string>> Facts) : ReportBlock
{
    /// <summary>Creates the list from pairs.</summary>
    /// <param name="facts">Name and value of each fact.</param>
    public FactList(params (string Name, string Value)[] facts)
        : this([.. facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Value))])
    {
    }
}
