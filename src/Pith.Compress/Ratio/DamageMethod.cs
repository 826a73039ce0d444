namespace Pith.Compress.Ratio;

/// <summary>How the damage of one option for one unit is estimated.</summary>
public enum DamageMethod
{
    /// <summary>KL divergence with the unit alone in the option, all others as they are.</summary>
    LeaveOneIn = 0,

    /// <summary>KL divergence with the unit alone restored to the option, all others in the option of fewest bytes: the better anchor where
    /// most of the model is coarse.</summary>
    InContext = 1,

    /// <summary>‖Ŵ - W‖² over the weights of the unit: no pass over a text.</summary>
    WeightError = 2,

    /// <summary>½ ΔWᵀ·F·ΔW with the Fisher information F, by finite differences: the divergence for a small step towards the rounded weight,
    /// scaled up.</summary>
    Fisher = 3,

    /// <summary>Read from a file which the training program wrote.</summary>
    File = 4,

    /// <summary>tr(E·R·Eᵀ), the mean square of the error of the unit's outputs, with the second moment R of its inputs: one pass.</summary>
    OutputError = 5,
}
