using Xunit.Sdk;
using Xunit.v3;

// Memory, and errors that nobody observes, belong to the process: a test beside another could not tell whose they are.
[assembly: Parallelization(Mode = ParallelMode.None)]
