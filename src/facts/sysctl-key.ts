import { z } from 'zod'

/** Name of a kernel parameter; see sysctl(8). */
export const sysctlKey = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'expected a name such as net.ipv4.ip_forward')
