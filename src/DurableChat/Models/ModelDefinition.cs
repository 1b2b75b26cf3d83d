using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>A model that chats can name.</summary>
/// <param name="Name">Its configured name: what chats store and clients send.</param>
/// <param name="Client">How to talk to it. Shared by all turns, so it must be thread-safe.</param>
/// <param name="Description">What it is, for people; null for nothing.</param>
public sealed record ModelDefinition(string Name, IModelClient Client, string? Description)
{
    /// <summary>Makes one behind an <see cref="IChatClient"/>.</summary>
    /// <param name="name">Its configured name.</param>
    /// <param name="client">How to talk to it. Shared by all turns, so it must be thread-safe.</param>
    /// <param name="description">What it is, for people.</param>
    /// <param name="mapError">Says what an exception of the client means; null where the client is not its source.</param>
    public ModelDefinition(string name, IChatClient client, string? description = null, Func<Exception, ModelFailure?>? mapError = null)
        : this(name, new ChatClientModel(client), description)
    {
        MapError = mapError;
        var metadata = client.GetService<ChatClientMetadata>();
        (Provider, ProviderModel) = (metadata?.ProviderName, metadata?.DefaultModelId);
    }

    /// <summary>Says what an exception of the client means; null where the client is not its source.</summary>
    public Func<Exception, ModelFailure?>? MapError { get; init; }

    /// <summary>
    /// The provider in metrics and activities, as OpenTelemetry names it, e.g. <c>openai</c>; null if it is not known.
    /// </summary>
    public string? Provider { get; init; }

    /// <summary>The provider's name of the model, in metrics and activities; null for <see cref="Name"/>.</summary>
    public string? ProviderModel { get; init; }

    /// <summary>How it answers unless a chat or a message says otherwise.</summary>
    public GenerationSettings Settings { get; init; } = new();

    /// <summary>Which settings chats and messages may choose. Default: none.</summary>
    public AllowedSettings Allow { get; init; } = AllowedSettings.Nothing;

    /// <summary>How it answers a message.</summary>
    /// <param name="asked">The message's own settings; null for none. Of what is no longer allowed, the nearest that
    /// is.</param>
    public GenerationSettings SettingsFor(GenerationSettings? asked) =>
        asked is null ? Settings : Settings.With(Allow.Fit(asked));

    /// <summary>How long it may send no byte; null for <c>Worker:ModelSilence</c>.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>How long it may send nothing but keep-alives; null for <c>Worker:ModelContentSilence</c>.</summary>
    public TimeSpan? ContentSilence { get; init; }

    /// <summary>How long an answer may take; null for <c>Worker:MaxAnswerTime</c>.</summary>
    public TimeSpan? MaxAnswerTime { get; init; }

    /// <summary>
    /// True if an <see cref="IModelCallKeeper"/> keeps its answers: a worker that gives a turn away in mid-answer then
    /// leaves the answer to the next one instead of storing what has come.
    /// </summary>
    public bool IsKept { get; init; }

    /// <summary>
    /// False if requests cannot choose it: then it answers as the default, for chats that have it, and in place of others.
    /// </summary>
    public bool IsSelectable { get; init; } = true;

    /// <summary>
    /// How many tokens it reads and writes at most; null if it is not known. A history that may be longer is cut to what fits.
    /// </summary>
    public int? ContextTokens { get; init; }

    /// <summary>
    /// How many bytes of history it is given: what is left of its tokens beside the answer, at three bytes each, which is
    /// less than most texts need.
    /// </summary>
    /// <param name="most">How many it is given at most.</param>
    internal long HistoryBytes(long most) => ContextTokens is { } tokens
        ? Math.Min(most, Math.Max(1, tokens - (Settings.MaxOutputTokens ?? tokens / 4)) * 3L)
        : most;

    /// <summary>How often a failed call is tried, at most <c>Worker:MaxAttempts</c>; null for that.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The <see cref="Name"/> of the model that answers once the attempts of this one have failed; null for none.</summary>
    public string? Fallback { get; init; }

    /// <summary>The codes of the errors after which the fallback answers; null for <see cref="FallbackPolicy.DefaultErrors"/>.</summary>
    public IReadOnlyList<string>? FallbackAfter { get; init; }
}
