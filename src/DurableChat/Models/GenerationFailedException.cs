using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>A model call failed. Carries what may be shown, and inside it what may only be logged.</summary>
internal sealed class GenerationFailedException(ModelFailure failure, Exception? innerException, ModelDefinition? model = null, TokenUsage? usage = null) : Exception(failure.Error.Message, innerException)
{
    public ModelFailure Failure => failure;

    /// <summary>The model that failed; null if none was asked.</summary>
    public ModelDefinition? Model => model;

    /// <summary>What the provider counted all the same; null if it did not say.</summary>
    public TokenUsage? Usage => usage;
}
