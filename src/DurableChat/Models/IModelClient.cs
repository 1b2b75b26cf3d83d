namespace DurableChat.Models;

/// <summary>
/// Sends a prompt to one model of one provider and streams its answer. Implementations must be thread-safe, because all
/// turns share one. They make a single attempt: the worker retries failed calls.
/// </summary>
public interface IModelClient
{
    /// <summary>Requests an answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Also ends the request at the provider.</param>
    /// <returns>
    /// The answer as it arrives, in order. The last update of a complete answer is an <see cref="EndUpdate"/>, and
    /// there is exactly one. An incomplete answer throws. Tool calls arrive only once the answer is known to be
    /// complete.
    /// </returns>
    /// <exception cref="ModelException">The call failed for a known reason.</exception>
    IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken);
}
