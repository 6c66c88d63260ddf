import { damageTests } from './library-damage.js';

damageTests(3);
