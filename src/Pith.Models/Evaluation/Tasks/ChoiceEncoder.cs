using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>Encodes choices as the evaluation harness does.</summary>
/// <remarks>White space at the context's end moves to the continuation. Both are then encoded in one piece, and the tokens behind as many as the
/// context alone has are the continuation's. What is longer than the model's context, by more than the last token which is never run,
/// loses tokens on the left, the beginning-of-text token first. Thread-safe.</remarks>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="contextLength">Tokens the model can see.</param>
internal sealed class ChoiceEncoder(TokenizerBundle tokenizer, int contextLength)
{
    /// <summary>Encodes one choice.</summary>
    /// <param name="context">What stands before.</param>
    /// <param name="continuation">What is scored; not empty.</param>
    /// <exception cref="PithException">The continuation alone is too long, or nothing stands before it
    /// (<see cref="ModelsErrors.UnscorableChoice"/>).</exception>
    public EncodedChoice Encode(string context, string continuation)
    {
        var kept = context.TrimEnd();
        var text = kept + context[kept.Length..] + continuation;
        var (encoder, first) = (tokenizer.Tokenizer, Start(kept.Length == 0));
        int[] tokens = [.. first, .. encoder.Encode(text)];

        // A tokenizer that joins the last word with what follows would leave nothing to score; the last token is scored then.
        var firstScored = Math.Min(first.Length + encoder.Encode(kept).Length, tokens.Length - 1);
        if (firstScored < 1)
            throw Unscorable("a token before the choice, found none: the tokenizer has neither a beginning-of-text nor an end-of-text token");
        if (tokens.Length - firstScored > contextLength)
            throw Unscorable(string.Create(CultureInfo.InvariantCulture, $"a choice of at most {contextLength} tokens, found {tokens.Length - firstScored}"));
        var excess = Math.Max(0, tokens.Length - contextLength - 1);
        return new EncodedChoice(tokens[excess..], firstScored - excess, excess > 0);
    }

    // Without a context the harness begins with the beginning-of-text token, or else the end-of-text token, whatever the settings say.
    private int[] Start(bool isEmpty)
    {
        var id = tokenizer.AddsBos ? tokenizer.Tokenizer.BosId : null;
        if (isEmpty)
            id ??= tokenizer.Tokenizer.BosId ?? tokenizer.Tokenizer.EosId;
        return id is { } token ? [token] : [];
    }

    private static PithException Unscorable(string expected) => new(ModelsErrors.UnscorableChoice, "expected " + expected);
}
