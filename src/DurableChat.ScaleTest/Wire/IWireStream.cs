namespace DurableChat.ScaleTest.Wire;

/// <summary>An open connection that brings a chat's events. For one reader.</summary>
internal interface IWireStream : IAsyncDisposable
{
    /// <summary>Reads events until the server ends the stream or the connection breaks.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    IAsyncEnumerable<WireEvent> ReadAsync(CancellationToken cancellationToken);
}
