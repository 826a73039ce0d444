using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models.Chat;
using Pith.Models.Llama;
using Pith.Models.Tokenizers;

namespace Pith.Models.Generation;

/// <summary>Continues texts with a model.</summary>
/// <remarks>The same prompt, options and seed give the same text for any number of threads. Thread-safe: every call has a session of its own.</remarks>
/// <param name="model">The model.</param>
/// <param name="workers">The threads to use; all when null.</param>
public sealed class Generator(LanguageModel model, Workers? workers = null)
{
    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text. When it is empty the model begins one, from its beginning-of-text token.</param>
    /// <param name="options">How to continue; the defaults when null.</param>
    /// <param name="onText">Given the text as it comes, in pieces which joined are the result's; null for nobody.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PithException">The prompt fills the context (<see cref="ModelsErrors.ContextOverflow"/>), or it is empty and the model has
    /// no beginning-of-text token (<see cref="ModelsErrors.EmptyPrompt"/>).</exception>
    public GenerationResult Continue(
        string prompt, GenerationOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var tokenizer = model.Tokenizer;
        var bos = tokenizer.Tokenizer.BosId;
        int[] start = bos is { } id && (tokenizer.AddsBos || prompt.Length == 0) ? [id] : [];
        int[] tokens = [.. start, .. tokenizer.Tokenizer.Encode(prompt)];
        return Continue(tokens, startsText: prompt.Length == 0, options, onText, cancellation);
    }

    /// <summary>Answers in a conversation, with the model's chat template.</summary>
    /// <param name="messages">The conversation, oldest turn first; the last one is what is answered.</param>
    /// <param name="options">How to continue; the defaults when null.</param>
    /// <param name="onText">Given the text as it comes; null for nobody.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PithException">The model has no chat template (<see cref="ModelsErrors.NoChatTemplate"/>), the template refuses the messages,
    /// or the conversation fills the context (<see cref="ModelsErrors.ContextOverflow"/>).</exception>
    public GenerationResult Answer(
        IReadOnlyList<ChatMessage> messages, GenerationOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var tokenizer = model.Tokenizer;
        if (tokenizer.ChatTemplate is null)
            throw new PithException(ModelsErrors.NoChatTemplate, $"{model.Path}: expected a model with a chat template, found none");
        var text = ChatTemplate.Parse(tokenizer.ChatTemplate).Render(
            new ChatInputs { Messages = messages, BosToken = tokenizer.BosToken, EosToken = tokenizer.EosToken }, cancellation);

        // The template writes the beginning-of-text token where the model wants one.
        return Continue(tokenizer.Tokenizer.Encode(text, parseSpecial: true), startsText: true, options, onText, cancellation);
    }

    /// <summary>Continues a sequence of tokens.</summary>
    /// <param name="prompt">The tokens, the beginning-of-text token among them where the model wants one.</param>
    /// <param name="startsText">Whether the generated text is the start of a text, so that the space which some vocabularies put before every
    /// first word is dropped.</param>
    /// <param name="options">How to continue; the defaults when null.</param>
    /// <param name="onText">Given the text as it comes; null for nobody.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PithException">See the other overload.</exception>
    public GenerationResult Continue(
        ReadOnlyMemory<int> prompt,
        bool startsText = false,
        GenerationOptions? options = null,
        Action<string>? onText = null,
        CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Check();
        var sampler = new Sampler(options.Sampling);
        var output = new GeneratedText(model.Tokenizer.Tokenizer, startsText, options.Stop, onText);
        var session = Start(prompt);

        // A token which begins a text begins another one: models trained on texts in a row end theirs so.
        var ends = model.EosIds.ToHashSet();
        if (model.Tokenizer.Tokenizer.BosId is { } bos)
            ends.Add(bos);

        var began = Stopwatch.GetTimestamp();
        var logits = session.Append(prompt.Span, LogitRows.Last, cancellation);
        var prefill = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        var tokens = 0;
        StopReason reason;
        while (true)
        {
            var token = sampler.Next(logits.Span);
            if (ends.Contains(token))
            {
                reason = StopReason.EndOfText;
                break;
            }

            tokens++;
            output.Add(token);
            if (output.IsStopped || tokens == options.MaxTokens || session.Position == session.Capacity)
            {
                reason = output.IsStopped ? StopReason.StopString
                    : tokens == options.MaxTokens ? StopReason.MaxTokens
                    : StopReason.ContextFull;
                break;
            }

            logits = session.Append([token], LogitRows.Last, cancellation);
        }

        var decode = Stopwatch.GetElapsedTime(began);
        return new GenerationResult(
            output.Finish(),
            tokens,
            prompt.Length,
            reason,
            prompt.Length / prefill.TotalSeconds,
            session.Position > prompt.Length ? (session.Position - prompt.Length) / decode.TotalSeconds : null,
            session.CacheBytes);
    }

    private CausalSession Start(ReadOnlyMemory<int> prompt)
    {
        if (prompt.IsEmpty)
            throw new PithException(ModelsErrors.EmptyPrompt, $"{model.Path}: expected a prompt, found an empty one and no beginning-of-text token");
        var context = model.Config.ContextLength;
        if (prompt.Length > context)
        {
            throw new PithException(
                ModelsErrors.ContextOverflow,
                string.Create(CultureInfo.InvariantCulture, $"{model.Path}: expected a prompt of at most {context} tokens, found {prompt.Length}"),
                "Shorten the prompt, or choose a model with a longer context.");
        }

        return model.Model.CreateSession(context, workers);
    }

    // Tokens in, text out, up to a stop string.
    private sealed class GeneratedText(ITokenizer tokenizer, bool startsText, IReadOnlyList<string> stop, Action<string>? onText)
    {
        private readonly StreamingDecoder decoder = new(tokenizer, startsText);
        private readonly StopStrings stops = new(stop);
        private readonly StringBuilder text = new();

        public bool IsStopped => stops.IsFound;

        public void Add(int token) => Put(stops.Add(decoder.Add(token)));

        public string Finish()
        {
            if (!stops.IsFound)
            {
                Put(stops.Add(decoder.Finish()));
                Put(stops.Finish());
            }

            return text.ToString();
        }

        private void Put(string piece)
        {
            if (piece.Length == 0)
                return;
            text.Append(piece);
            onText?.Invoke(piece);
        }
    }
}
