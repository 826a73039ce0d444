using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;
using Pith.Models;
using Pith.Models.Chat;
using Pith.Models.Generation;

namespace Pith.Cli.Verbs;

/// <summary><c>pith generate</c>: continues a text.</summary>
internal static class GenerateVerb
{
    private static readonly SamplingOptions Defaults = new();

    private static readonly Argument<string> Model = new("MODEL") { Description = "The model." };

    private static readonly Argument<string?> Prompt = new("PROMPT")
    {
        Description = "The text to continue. Without one the model begins a text.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> PromptFile = new("--prompt-file") { Description = "Read the prompt from a file.", HelpName = "FILE" };

    private static readonly Option<int> MaxTokens = new("--max-tokens")
    {
        Description = "Tokens to generate at most.",
        HelpName = "N",
        DefaultValueFactory = _ => new GenerationOptions().MaxTokens,
    };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "0 takes the likeliest token always; higher is more varied. 0 to 100.",
        HelpName = "T",
        DefaultValueFactory = _ => Defaults.Temperature,
    };

    private static readonly Option<int> TopK = new("--top-k")
    {
        Description = "Draw from the K likeliest tokens; 0 from all.",
        HelpName = "K",
        DefaultValueFactory = _ => Defaults.TopK,
    };

    private static readonly Option<double> TopP = new("--top-p")
    {
        Description = "Draw from the fewest tokens of this probability together; above 0, at most 1.",
        HelpName = "P",
        DefaultValueFactory = _ => Defaults.TopP,
    };

    private static readonly Option<double> MinP = new("--min-p")
    {
        Description = "Draw from tokens of at least this share of the likeliest one's probability. 0 to 1.",
        HelpName = "P",
        DefaultValueFactory = _ => Defaults.MinP,
    };

    private static readonly Option<string[]> Stop = new("--stop")
    {
        Description = "End before this string. May be given several times.",
        HelpName = "S",
    };

    private static readonly Option<string?> System = new("--system")
    {
        Description = "What a chat model is told before the prompt.",
        HelpName = "S",
    };

    private static readonly Option<bool> NoChat = new("--no-chat")
    {
        Description = "Continue the prompt as it stands, though the model has a chat template.",
    };

    private static readonly PlanOptions Formats = new();

    private static readonly TokenizerOption Tokenizer = new();

    public static Command Create()
    {
        var verb = new Verb(
            "generate",
            "Continues a text, or answers a prompt when the model has a chat template.",
            Execute,
            "pith generate models/pith-0.45m \"It was a dark night\" --max-tokens 60",
            "pith generate models/pith-0.45m \"It was\" --temperature 0 --weights bfp6:16 --activations bfp6:16")
        {
            Model, Prompt, PromptFile, MaxTokens, Temperature, TopK, TopP, MinP, Stop, System, NoChat,
        };
        Formats.AddTo(verb);
        verb.Add(Tokenizer.Option);
        return verb;
    }

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var options = new GenerationOptions
        {
            MaxTokens = context.Get(MaxTokens),
            Stop = context.Get(Stop) ?? [],
            Sampling = new SamplingOptions
            {
                Temperature = context.Get(Temperature),
                TopK = context.Get(TopK),
                TopP = context.Get(TopP),
                MinP = context.Get(MinP),
                Seed = context.Seed,
            },
        };
        options.Check();
        var prompt = ReadPrompt(context);
        var workers = new Workers(context.Threads);
        var model = LanguageModel.Open(context.Get(Model), context.Get(Tokenizer.Option), workers, cancellation);
        model = Formats.Apply(context, model, workers, cancellation);
        var generator = new Generator(model, workers);
        var isChat = IsChat(context, model);
        var isStarted = isChat;
        var result = isChat
            ? generator.Answer(Conversation(context, model, prompt), options, Show, cancellation)
            : generator.Continue(prompt, options, Show, cancellation);
        if (!isStarted)
            Show(string.Empty);
        Print(context, model, prompt, result);
        Advise(context, model);
        return ExitCode.Ok;

        // The prompt is shown once it is known to fit.
        void Show(string piece)
        {
            context.Output.Stream(isStarted ? piece : prompt + piece);
            isStarted = true;
        }
    }

    private static bool IsChat(VerbContext context, LanguageModel model)
    {
        var isAsked = context.Get(System) is not null;
        if (isAsked && context.Get(NoChat))
            throw new PithException(CliErrors.Usage, "--system and --no-chat exclude each other.");
        return isAsked || (model.Tokenizer.ChatTemplate is not null && !context.Get(NoChat));
    }

    private static List<ChatMessage> Conversation(VerbContext context, LanguageModel model, string prompt)
    {
        if (prompt.Length == 0)
            throw new PithException(ModelsErrors.EmptyPrompt, $"{model.Path}: expected a prompt to answer, found an empty one");
        List<ChatMessage> messages = [new("user", prompt)];
        if (context.Get(System) is { } system)
            messages.Insert(0, new("system", system));
        return messages;
    }

    private static string ReadPrompt(VerbContext context) => (context.Get(Prompt), context.Get(PromptFile)) switch
    {
        (not null, not null) => throw new PithException(CliErrors.Usage, "A prompt and --prompt-file exclude each other."),
        (_, { } file) => File.ReadAllText(file),
        var (prompt, _) => prompt ?? string.Empty,
    };

    private static void Print(VerbContext context, LanguageModel model, string prompt, GenerationResult result)
    {
        var document = new
        {
            Prompt = prompt,
            result.Text,
            result.Tokens,
            result.PromptTokens,
            StopReason = result.Reason,
            PrefillTokensPerS = result.PrefillTokensPerSecond,
            DecodeTokensPerS = result.DecodeTokensPerSecond,
            result.CacheBytes,
        };
        context.Output.Result(document, text => text.WriteLine());
        if (result.Reason == StopReason.ContextFull)
            context.Output.Warn($"the text ends here because the model's context of {model.Config.ContextLength} tokens is full");
        context.Output.Detail(string.Create(
            CultureInfo.InvariantCulture,
            $"prompt {result.PromptTokens} tokens, {result.PrefillTokensPerSecond:N0} a second; text {result.Tokens} tokens, {result.DecodeTokensPerSecond:N0} a second; cache {result.CacheBytes:N0} bytes"));
    }

    // Weights which small integers as activations would let multiply several times as fast.
    private static void Advise(VerbContext context, LanguageModel model)
    {
        var format = model.Sites.Where(site => site.HasWeight && model.Plan[site].Activations is null)
            .Select(site => (model.Model.WeightOf(site) as PackedWeight)?.Format).FirstOrDefault(InterleavedMatrix.Serves);
        if (format is not null)
        {
            context.Output.Inform(
                $"hint: the weights are in {format}, what they are multiplied with in 32-bit floats; --activations mxint8:32 --attention fp32 rounds that to 8 bits, much as llama.cpp does, and is several times as fast");
        }
    }
}
