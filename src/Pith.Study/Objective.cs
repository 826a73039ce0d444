namespace Pith.Studies;

/// <summary>One number that a study makes as small, or as large, as it can.</summary>
/// <remarks>It must be the same whenever the same trial is evaluated: the same seed then gives the same study. What is measured
/// with a clock is a column of the result, never an objective.</remarks>
/// <param name="Name">For example <c>kl</c>; with its unit where it has one.</param>
/// <param name="Direction">Which values are better.</param>
public sealed record Objective(string Name, Direction Direction = Direction.Minimize);
