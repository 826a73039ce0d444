namespace Pith.Studies.Stores;

/// <summary>What a store keeps beside the journal.</summary>
/// <param name="Definition">The study's definition, canonical JSON; what it is recognised by.</param>
/// <param name="Origin">How the study was made, for <c>pith study resume</c>: JSON, not part of its identity; empty if unknown.</param>
public sealed record StudyHeader(string Definition, string Origin);
