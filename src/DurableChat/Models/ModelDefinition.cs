using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>A model that chats can use.</summary>
/// <param name="Name">The configured name: what chats store and clients send.</param>
/// <param name="Client">The client for the model. All turns share it, so it must be thread-safe.</param>
/// <param name="Description">A description for users. Null for none.</param>
public sealed record ModelDefinition(string Name, IModelClient Client, string? Description)
{
    /// <summary>Creates a model behind an <see cref="IChatClient"/>.</summary>
    /// <param name="name">The configured name.</param>
    /// <param name="client">The client for the model. All turns share it, so it must be thread-safe.</param>
    /// <param name="description">A description for users.</param>
    /// <param name="mapError">
    /// Maps an exception of the client to a failure. Returns null for exceptions that are not the client's.
    /// </param>
    public ModelDefinition(
        string name,
        IChatClient client,
        string? description = null,
        Func<Exception, ModelFailure?>? mapError = null)
        : this(name, new ChatClientModel(client), description)
    {
        MapError = mapError;
        var metadata = client.GetService<ChatClientMetadata>();
        (Provider, ProviderModel) = (metadata?.ProviderName, metadata?.DefaultModelId);
    }

    /// <summary>
    /// Maps an exception of the client to a failure. Returns null for exceptions that are not the client's.
    /// </summary>
    public Func<Exception, ModelFailure?>? MapError { get; init; }

    /// <summary>
    /// The provider's name in metrics and activities, as defined by OpenTelemetry, e.g. <c>openai</c>. Null if unknown.
    /// </summary>
    public string? Provider { get; init; }

    /// <summary>The provider's name for the model, in metrics and activities. Null for <see cref="Name"/>.</summary>
    public string? ProviderModel { get; init; }

    /// <summary>The settings that apply unless a chat or a message sets its own.</summary>
    public GenerationSettings Settings { get; init; } = new();

    /// <summary>The settings that chats and messages may choose. Default: none.</summary>
    public AllowedSettings Allow { get; init; } = AllowedSettings.Nothing;

    /// <summary>Returns the settings for answering a message.</summary>
    /// <param name="asked">
    /// The message's own settings. Null for none. Values that are no longer allowed are replaced by the nearest allowed
    /// ones.
    /// </param>
    public GenerationSettings SettingsFor(GenerationSettings? asked) =>
        asked is null ? Settings : Settings.With(Allow.Fit(asked));

    /// <summary>How long the model may send no bytes. Null for <c>Worker:ModelSilence</c>.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>How long the model may send only keep-alives. Null for <c>Worker:ModelContentSilence</c>.</summary>
    public TimeSpan? ContentSilence { get; init; }

    /// <summary>How long an answer may take. Null for <c>Worker:MaxAnswerTime</c>.</summary>
    public TimeSpan? MaxAnswerTime { get; init; }

    /// <summary>
    /// True if an <see cref="IModelCallKeeper"/> keeps the model's answers. A worker that hands over a turn during an
    /// answer then leaves the answer to the next worker instead of storing the part that has arrived.
    /// </summary>
    public bool IsKept { get; init; }

    /// <summary>
    /// False if requests cannot choose the model. It can then still be the default, the model of existing chats, and a
    /// fallback.
    /// </summary>
    public bool IsSelectable { get; init; } = true;

    /// <summary>
    /// The model's context size: how many tokens it can read and write together. Null if unknown. A history that may be
    /// longer is cut to fit.
    /// </summary>
    public int? ContextTokens { get; init; }

    /// <summary>
    /// The size of history that the model gets, in bytes: its tokens minus those of the answer, at three bytes per
    /// token, which is less than most texts need.
    /// </summary>
    /// <param name="most">The maximum size.</param>
    internal long HistoryBytes(long most) => ContextTokens is { } tokens
        ? Math.Min(most, Math.Max(1, tokens - (Settings.MaxOutputTokens ?? tokens / 4)) * 3L)
        : most;

    /// <summary>How many attempts a failed call gets, at most <c>Worker:MaxAttempts</c>. Null for that value.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// The <see cref="Name"/> of the model that answers when all attempts of this one have failed. Null for none.
    /// </summary>
    public string? Fallback { get; init; }

    /// <summary>
    /// The error codes after which the fallback answers. Null for <see cref="FallbackPolicy.DefaultErrors"/>.
    /// </summary>
    public IReadOnlyList<string>? FallbackAfter { get; init; }
}
