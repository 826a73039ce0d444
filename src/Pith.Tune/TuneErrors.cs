using Pith.Core.Diagnostics;

namespace Pith.Tune;

/// <summary>The errors of training.</summary>
public static class TuneErrors
{
    /// <summary>The text has too few tokens for a block of training and a block of validation.</summary>
    public static readonly ErrorCode TextTooShort = new("PITH5001", "The training text is too short.",
        "Give more text, or a shorter context.");

    /// <summary>The saved training state belongs to another run.</summary>
    public static readonly ErrorCode StateMismatch = new("PITH5002", "The saved training state is of another run.",
        "Resume with the options the run was started with, or start afresh with --force.");

    /// <summary>The saved training state cannot be read.</summary>
    public static readonly ErrorCode StateDamaged = new("PITH5003", "The saved training state is damaged.",
        "Start afresh with --force.");

    /// <summary>The loss is no longer a number.</summary>
    public static readonly ErrorCode Diverged = new("PITH5004", "Training diverged.",
        "Lower the learning rate.", ExitCode.Failed);

    /// <summary>The vocabulary is too large for the token cache.</summary>
    public static readonly ErrorCode VocabularyTooLarge = new("PITH5005", "The vocabulary is too large for training.",
        "Use a tokenizer of at most 65536 tokens.");

    /// <summary>The tokenizer has no token to begin a block with.</summary>
    public static readonly ErrorCode NoBeginning = new("PITH5006", "The tokenizer has no beginning-of-text token.",
        "Use a tokenizer with a BOS or EOS token, such as one of `pith train tokenizer`.");

    /// <summary>The model's architecture is not implemented in torch, or its weights are quantized.</summary>
    public static readonly ErrorCode NotTunable = new("PITH5007", "This model cannot be tuned.",
        "Give a model of the Llama family in full precision, without rotary scaling, sliding window, or biases outside q, k and v.");

    /// <summary>The plan decides low-rank corrections, which are computed from finished weights.</summary>
    public static readonly ErrorCode LowRankPlan = new("PITH5008", "A plan with low-rank corrections cannot be tuned for.",
        "Tune for the formats alone, and compute the corrections when you quantize the tuned model.");
}
