using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>A model call failed. Carries what may be told, and inside it what may only be logged.</summary>
internal sealed class GenerationFailedException(ModelFailure failure, Exception? innerException) : Exception(failure.Error.Message, innerException)
{
    public ModelFailure Failure => failure;
}
