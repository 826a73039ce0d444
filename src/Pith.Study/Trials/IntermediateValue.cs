namespace Pith.Studies.Trials;

/// <summary>What a trial found on its way.</summary>
/// <param name="Step">How far it was, for example the tokens read; rises within a trial.</param>
/// <param name="Value">The first objective so far.</param>
public readonly record struct IntermediateValue(int Step, double Value);
