using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// A model call failed. The failure may be shown to the owner. The inner exception may only be logged.
/// </summary>
internal sealed class GenerationFailedException(
    ModelFailure failure,
    Exception? innerException,
    ModelDefinition? model = null,
    TokenUsage? usage = null) : Exception(failure.Error.Message, innerException)
{
    public ModelFailure Failure => failure;

    /// <summary>The model that failed. Null if no model was called.</summary>
    public ModelDefinition? Model => model;

    /// <summary>The tokens that the provider counted nevertheless. Null if not reported.</summary>
    public TokenUsage? Usage => usage;
}
