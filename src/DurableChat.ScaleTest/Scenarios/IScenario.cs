namespace DurableChat.ScaleTest.Scenarios;

/// <summary>A way to put load on the server.</summary>
internal interface IScenario
{
    /// <summary>Runs it to its end. The chats are not created yet.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    Task RunAsync(Load load, CancellationToken cancellationToken);
}
