using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>A model call failed for a known reason. <see cref="Failure"/> may be shown to the owner.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception from a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="cause">The cause, for the log. Null for none.</param>
    public ModelException(ModelFailure failure, Exception? cause = null)
        : base(failure?.Error.Message, cause)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>Creates the exception from the parts of an error.</summary>
    public ModelException(string code, string message, bool retryable)
        : this(new ModelFailure(new ChatError(code, message, retryable)))
    {
    }

    /// <summary>The failure.</summary>
    public ModelFailure Failure { get; }
}
