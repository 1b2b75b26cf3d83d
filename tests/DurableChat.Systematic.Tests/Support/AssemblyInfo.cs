using Xunit.Sdk;
using Xunit.v3;

// Coyote controls the tasks of one test at a time; another test beside it would be noise.
[assembly: Parallelization(Mode = ParallelMode.None)]
