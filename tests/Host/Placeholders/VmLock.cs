// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

public sealed class VmLock
{
}
