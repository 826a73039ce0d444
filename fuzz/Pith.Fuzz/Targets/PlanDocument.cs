using Pith.Core.Plans;

namespace Pith.Fuzz.Targets;

/// <summary>A plan.</summary>
internal static class PlanDocument
{
    public static readonly FuzzTarget Target = new("plan", "plan.json", path => Plan.FromJson(File.ReadAllBytes(path), path));
}
